"""The system calls a worker may use.

What an array library, the standard library and threads need is allowed; what reaches other processes, the network or
the machine is refused with EPERM; all else is answered as an older kernel would (ENOSYS), so that the C library falls
back on what is allowed.
"""

from __future__ import annotations

from typing import NamedTuple


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ALLOWED = _names(
    """
read write pread64 pwrite64 readv writev preadv pwritev preadv2 pwritev2 close close_range lseek
sendfile copy_file_range
open openat openat2 creat stat fstat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat
getdents getdents64 getcwd chdir fchdir statfs fstatfs fadvise64 readahead flock umask
mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat
ftruncate fallocate fsync fdatasync sync_file_range
mmap munmap mprotect mremap msync mincore madvise brk mlock munlock mlock2 pkey_mprotect pkey_alloc pkey_free
mbind set_mempolicy get_mempolicy membarrier
poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2
pipe pipe2 dup dup2 dup3 eventfd eventfd2 signalfd signalfd4 timerfd_create timerfd_settime timerfd_gettime
socketpair getsockname getpeername getsockopt setsockopt shutdown recvfrom recvmsg
rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack pause
alarm getitimer setitimer
nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time times
futex futex_waitv set_robust_list set_tid_address rseq sched_yield getcpu exit exit_group restart_syscall wait4 waitid
getpid gettid getppid getuid geteuid getgid getegid getgroups getresuid getresgid getpgid getpgrp getsid capget
getpriority sched_getaffinity sched_getscheduler sched_getparam sched_getattr sched_get_priority_max
sched_get_priority_min sched_rr_get_interval getrlimit getrusage sysinfo uname getrandom arch_prctl
getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr
"""
)
"""Harmless, or decided elsewhere: Landlock judges whatever opens, makes or removes a file."""
ON_OWN_FILES = _names("truncate chmod fchmod fchmodat utime utimes utimensat futimesat")
"""Landlock does not judge all of these, so they are allowed only where every file in sight is the worker's own."""
REFUSED = _names(
    """
socket connect bind listen accept accept4 sendmsg sendmmsg recvmmsg
fork vfork execve execveat ptrace process_vm_readv process_vm_writev pidfd_open pidfd_getfd pidfd_send_signal
process_madvise kcmp tkill rt_sigqueueinfo rt_tgsigqueueinfo setsid setpgid setpriority ioprio_set setrlimit
sched_setscheduler sched_setparam sched_setattr move_pages migrate_pages
truncate chmod fchmod fchmodat utime utimes utimensat futimesat
chown fchown lchown fchownat mknod mknodat setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr
setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid setfsgid capset
unshare setns mount umount2 pivot_root chroot open_tree move_mount fsopen fsmount mount_setattr
shmget shmat shmctl msgget msgsnd msgrcv msgctl semget semop semtimedop semctl mq_open mq_unlink
bpf perf_event_open userfaultfd keyctl add_key request_key name_to_handle_at open_by_handle_at
fanotify_init inotify_init inotify_init1 inotify_add_watch personality
acct reboot swapon swapoff sethostname setdomainname settimeofday clock_settime clock_adjtime adjtimex
timer_create timer_settime timer_gettime timer_getoverrun timer_delete
init_module finit_module delete_module kexec_load quotactl syslog
"""
)

NEVER = _names(
    """
socket connect bind listen accept accept4 sendmsg sendmmsg recvmmsg
execve execveat ptrace process_vm_readv process_vm_writev pidfd_getfd process_madvise kcmp
move_pages migrate_pages mknod mknodat chroot setns
shmget shmat shmctl msgget msgsnd msgrcv msgctl semget semop semtimedop semctl mq_open mq_unlink
bpf perf_event_open userfaultfd keyctl add_key request_key name_to_handle_at open_by_handle_at
fanotify_init inotify_init inotify_init1 inotify_add_watch personality
acct reboot swapon swapoff settimeofday clock_settime clock_adjtime adjtimex
init_module finit_module delete_module kexec_load quotactl syslog
"""
)
"""What a zygote has no use for either. It makes the jails of its workers, so much of the above it has to have."""

CLONE_THREAD, NEW_NAMESPACES = 0x10000, 0x7E020000
THREAD_NAMES_AND_QUESTIONS = (2, 3, 15, 16, 21, 23, 27, 39, 41, 42, 0x53564D41)
"""What prctl may be asked: names of threads and of memory, and questions about the process itself."""
TERMINAL_AND_PIPE_QUESTIONS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""What ioctl may be asked: is it a terminal and how wide, bytes waiting, (non-)blocking, close on exec."""
SIGNALS_AND_LEASES = (8, 10, 15, 1024, 1026)
"""What fcntl may not be asked: descriptors can be made to send signals to other processes."""

LAST_WORD = 0xFFFFFFFF
SIGKILL = 9


class Test(NamedTuple):
    """A 32-bit word of a system call's arguments, masked, is (or is not) one of some values."""

    word: int
    values: tuple[int, ...]
    mask: int = LAST_WORD
    wanted: bool = True


def _low(argument: int) -> int:
    return 2 * argument


def _null(argument: int) -> tuple[Test, Test]:
    return Test(2 * argument, (0,)), Test(2 * argument + 1, (0,))


def _not_sigkill(argument: int) -> Test:
    """A worker cannot end itself by SIGKILL, so one that is ended so was ended by somebody else. (A timer could send it
    too; `timer_create` is refused.)"""
    return Test(_low(argument), (SIGKILL,), wanted=False)


def conditions(process: int) -> dict[str, tuple[Test, ...]]:
    """System calls that are allowed with some arguments; `process` is the only one a signal may go to."""
    itself = Test(_low(0), (process,))
    return {
        "clone": (Test(_low(0), (CLONE_THREAD,), CLONE_THREAD | NEW_NAMESPACES),),
        "kill": (itself, _not_sigkill(1)),
        "tgkill": (itself, _not_sigkill(2)),
        "prlimit64": (Test(_low(0), (0, process)), *_null(2)),
        "sched_setaffinity": (Test(_low(0), (0, process)),),
        "prctl": (Test(_low(0), THREAD_NAMES_AND_QUESTIONS),),
        "ioctl": (Test(_low(1), TERMINAL_AND_PIPE_QUESTIONS),),
        "fcntl": (Test(_low(1), SIGNALS_AND_LEASES, wanted=False),),
        "sendto": _null(4),
    }
