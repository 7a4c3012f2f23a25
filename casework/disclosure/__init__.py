"""開示請求 (個人情報保護法76条以下): one person's record, decided piece by piece, reviewed by a second (I11, I25)."""
