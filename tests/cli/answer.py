"""answer.py QUESTION ANSWER COMMAND...: runs it in a terminal of its own and types the answer, a line,
when the question shows; of several lines the next one each time it shows again. Prints what the
terminal saw; exits like the command."""
import os
import pty
import sys

question, answers, command = sys.argv[1].encode(), sys.argv[2].encode().split(b"\n"), sys.argv[3:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
seen, asked = b"", 0
while True:
    try:
        more = os.read(terminal, 4096)
    except OSError:  # the command is over
        break
    if not more:
        break
    seen += more
    if answers and seen.count(question) > asked:
        os.write(terminal, answers.pop(0) + b"\n")
        asked += 1
sys.stdout.write(seen.decode().replace("\r\n", "\n"))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
