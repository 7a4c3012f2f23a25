"""アウトリーチ: episodes, visits and attempts, results without contact included, and safety."""
