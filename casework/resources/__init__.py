"""福祉資源マップ: places, services and hosts, with area, capacity and when they were last verified."""
