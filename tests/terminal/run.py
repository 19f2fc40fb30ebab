"""Runs a program in a pseudo-terminal, and saves all its output.

usage: run.py FILE COLUMNS ROWS SECONDS PROGRAM ARGUMENTS...

The program's output is written to FILE unchanged. The response to a query for the cursor's position (CSI 6 n) is the first line.
The response to a query for the device attributes (CSI c) is a VT100, or TERMINAL_ATTRIBUTES; with "none" there is no response.
After the line "press ctrl+c", Ctrl+C is pressed. After the line "Enter password:", "password" is typed. Ends with the program's
exit code, or with 124 if it takes longer than SECONDS.
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

ATTRIBUTES = os.environ.get("TERMINAL_ATTRIBUTES", "\x1b[?1;0c").replace("none", "").encode()
ANSWERS = {b"\x1b[6n": b"\x1b[1;1R", b"\x1b[c": ATTRIBUTES, b"press ctrl+c\r\n": b"\x03", b"Enter password:\r\n": b"password\r"}


def main():
    file, columns, rows, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    child, terminal = pty.fork()
    if child == 0:
        # A shell starts programs in the background with this signal ignored, and they would pass that on.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.execvp(sys.argv[5], sys.argv[5:])
    # Cells of 10 by 20 pixels.
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, columns * 10, rows * 20))
    deadline = time.monotonic() + seconds
    with open(file, "wb") as log:
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return 124
            if not select.select([terminal], [], [], left)[0]:
                continue
            try:
                got = os.read(terminal, 65536)
            except OSError:
                break
            if not got:
                break
            log.write(got)
            for question in re.findall(rb"\x1b\[(?:6n|c)|press ctrl\+c\r\n|Enter password:\r\n", got):
                os.write(terminal, ANSWERS[question])
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


sys.exit(main())
