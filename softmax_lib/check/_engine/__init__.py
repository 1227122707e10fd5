"""How a check runs. No chapter is named here, and each module uses only those before it:

showing, hearing, limit, running, laws, report, mistake, tools, general, task, diagnosis,
exercise, collecting
"""
