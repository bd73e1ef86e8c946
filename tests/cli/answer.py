"""answer.py QUESTION ANSWER COMMAND...: runs it in a terminal of its own and types the answer, a line,
when the question shows. Prints what the terminal saw; exits like the command."""
import os
import pty
import sys

question, answer, command = sys.argv[1].encode(), sys.argv[2].encode() + b"\n", sys.argv[3:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
seen = b""
while True:
    try:
        more = os.read(terminal, 4096)
    except OSError:  # the command is over
        break
    if not more:
        break
    if question not in seen and question in seen + more:
        os.write(terminal, answer)
    seen += more
sys.stdout.write(seen.decode().replace("\r\n", "\n"))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
