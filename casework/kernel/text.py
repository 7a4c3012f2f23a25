def clean(text, *, field, limit, multiline=False): return text
