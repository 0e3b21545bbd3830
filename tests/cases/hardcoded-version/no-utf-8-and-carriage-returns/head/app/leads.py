# cafי
x = 'יי', 'qualify-lead@1.1.0'
