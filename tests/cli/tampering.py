"""What can happen to a command: called in its process, just before it begins."""

import errno
import os
import resource
import time


def interrupt_at_checkpoint():
    """Behave as if Ctrl-C were pressed just after the first checkpoint."""
    from retrain_sim.store import RunFolder

    save = RunFolder.save_checkpoint

    def save_and_stop(*args):
        save(*args)
        raise KeyboardInterrupt

    RunFolder.save_checkpoint = save_and_stop


def linger():
    """Take a while for every three rounds, as a long run does, and save after them."""
    from retrain_sim.pace import Pace
    from retrain_sim.program import Program

    advance, Pace.SHARE = Program.advance, 1.0

    def advance_slowly(program, n_rounds):
        time.sleep(0.05)
        advance(program, min(n_rounds, 3))

    Program.advance = advance_slowly


def fill_disk(n_files):
    """Let ``n_files`` more files be written; then the disk is full."""
    written = []
    sync = os.fsync

    def sync_unless_full(handle):
        written.append(handle)
        if len(written) > n_files:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        sync(handle)

    os.fsync = sync_unless_full


def limit_file_size(n_bytes):
    """Let the operating system refuse longer files."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, n_bytes))


def lose_cache():
    """Point the cache folder at a place where no folder can be made."""
    os.environ["XDG_CACHE_HOME"] = os.devnull
