def explain(s, t):
    return ""
