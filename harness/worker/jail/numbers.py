"""Numbers of the Linux system calls that the filter names, by machine; those of a machine's own headers."""

from __future__ import annotations


def _table(text: str) -> dict[str, int]:
    words = text.split()
    return dict(zip(words[::2], map(int, words[1::2]), strict=True))


X86_64 = _table(
    """
read 0  write 1  pread64 17  pwrite64 18  readv 19  writev 20  preadv 295  pwritev 296  preadv2 327
pwritev2 328  close 3  close_range 436  lseek 8  sendfile 40  copy_file_range 326  open 2  openat 257
openat2 437  creat 85  stat 4  fstat 5  lstat 6  newfstatat 262  statx 332  access 21  faccessat 269
faccessat2 439  readlink 89  readlinkat 267  getdents 78  getdents64 217  getcwd 79  chdir 80  fchdir 81
statfs 137  fstatfs 138  fadvise64 221  readahead 187  flock 73  umask 95  mkdir 83  mkdirat 258  rmdir 84
unlink 87  unlinkat 263  rename 82  renameat 264  renameat2 316  link 86  linkat 265  symlink 88  symlinkat 266
ftruncate 77  fallocate 285  fsync 74  fdatasync 75  sync_file_range 277  mmap 9  munmap 11  mprotect 10
mremap 25  msync 26  mincore 27  madvise 28  brk 12  mlock 149  munlock 150  mlock2 325  pkey_mprotect 329
pkey_alloc 330  pkey_free 331  mbind 237  set_mempolicy 238  get_mempolicy 239  membarrier 324  poll 7
ppoll 271  select 23  pselect6 270  epoll_create 213  epoll_create1 291  epoll_ctl 233  epoll_wait 232
epoll_pwait 281  epoll_pwait2 441  pipe 22  pipe2 293  dup 32  dup2 33  dup3 292  eventfd 284  eventfd2 290
signalfd 282  signalfd4 289  timerfd_create 283  timerfd_settime 286  timerfd_gettime 287  socketpair 53
getsockname 51  getpeername 52  getsockopt 55  setsockopt 54  shutdown 48  recvfrom 45  recvmsg 47
rt_sigaction 13  rt_sigprocmask 14  rt_sigreturn 15  rt_sigpending 127  rt_sigtimedwait 128  rt_sigsuspend 130
sigaltstack 131  pause 34  alarm 37  getitimer 36  setitimer 38  timer_create 222  timer_settime 223
timer_gettime 224  timer_getoverrun 225  timer_delete 226  nanosleep 35  clock_nanosleep 230  clock_gettime 228
clock_getres 229  gettimeofday 96  time 201  times 100  futex 202  futex_waitv 449  set_robust_list 273
set_tid_address 218  rseq 334  sched_yield 24  getcpu 309  exit 60  exit_group 231  restart_syscall 219
wait4 61  waitid 247  getpid 39  gettid 186  getppid 110  getuid 102  geteuid 107  getgid 104  getegid 108
getgroups 115  getresuid 118  getresgid 120  getpgid 121  getpgrp 111  getsid 124  capget 125  getpriority 140
sched_getaffinity 204  sched_getscheduler 145  sched_getparam 143  sched_getattr 315  sched_get_priority_max 146
sched_get_priority_min 147  sched_rr_get_interval 148  getrlimit 97  getrusage 98  sysinfo 99  uname 63
getrandom 318  arch_prctl 158  getxattr 191  lgetxattr 192  fgetxattr 193  listxattr 194  llistxattr 195
flistxattr 196  truncate 76  chmod 90  fchmod 91  fchmodat 268  utime 132  utimes 235  utimensat 280
futimesat 261  clone 56  kill 62  tgkill 234  prlimit64 302  sched_setaffinity 203  fcntl 72  ioctl 16
prctl 157  sendto 44  socket 41  connect 42  bind 49  listen 50  accept 43  accept4 288  sendmsg 46
sendmmsg 307  recvmmsg 299  fork 57  vfork 58  execve 59  execveat 322  ptrace 101  process_vm_readv 310
process_vm_writev 311  pidfd_open 434  pidfd_getfd 438  pidfd_send_signal 424  process_madvise 440  kcmp 312
tkill 200  rt_sigqueueinfo 129  rt_tgsigqueueinfo 297  setsid 112  setpgid 109  setpriority 141  ioprio_set 251
setrlimit 160  sched_setscheduler 144  sched_setparam 142  sched_setattr 314  move_pages 279  migrate_pages 256
chown 92  fchown 93  lchown 94  fchownat 260  mknod 133  mknodat 259  setxattr 188  lsetxattr 189  fsetxattr 190
removexattr 197  lremovexattr 198  fremovexattr 199  setuid 105  setgid 106  setreuid 113  setregid 114
setresuid 117  setresgid 119  setgroups 116  setfsuid 122  setfsgid 123  capset 126  unshare 272  setns 308
mount 165  umount2 166  pivot_root 155  chroot 161  open_tree 428  move_mount 429  fsopen 430  fsmount 432
mount_setattr 442  shmget 29  shmat 30  shmctl 31  msgget 68  msgsnd 69  msgrcv 70  msgctl 71  semget 64
semop 65  semtimedop 220  semctl 66  mq_open 240  mq_unlink 241  bpf 321  perf_event_open 298  userfaultfd 323
keyctl 250  add_key 248  request_key 249  name_to_handle_at 303  open_by_handle_at 304  fanotify_init 300
inotify_init 253  inotify_init1 294  inotify_add_watch 254  personality 135  acct 163  reboot 169  swapon 167
swapoff 168  sethostname 170  setdomainname 171  settimeofday 164  clock_settime 227  clock_adjtime 305
adjtimex 159  init_module 175  finit_module 313  delete_module 176  kexec_load 246  quotactl 179  syslog 103
"""
)
AARCH64 = _table(
    """
read 63  write 64  pread64 67  pwrite64 68  readv 65  writev 66  preadv 69  pwritev 70  preadv2 286
pwritev2 287  close 57  close_range 436  lseek 62  sendfile 71  copy_file_range 285  openat 56  openat2 437
fstat 80  newfstatat 79  statx 291  faccessat 48  faccessat2 439  readlinkat 78  getdents64 61  getcwd 17
chdir 49  fchdir 50  statfs 43  fstatfs 44  fadvise64 223  readahead 213  flock 32  umask 166  mkdirat 34
unlinkat 35  renameat 38  renameat2 276  linkat 37  symlinkat 36  ftruncate 46  fallocate 47  fsync 82
fdatasync 83  sync_file_range 84  mmap 222  munmap 215  mprotect 226  mremap 216  msync 227  mincore 232
madvise 233  brk 214  mlock 228  munlock 229  mlock2 284  pkey_mprotect 288  pkey_alloc 289  pkey_free 290
mbind 235  set_mempolicy 237  get_mempolicy 236  membarrier 283  ppoll 73  pselect6 72  epoll_create1 20
epoll_ctl 21  epoll_pwait 22  epoll_pwait2 441  pipe2 59  dup 23  dup3 24  eventfd2 19  signalfd4 74
timerfd_create 85  timerfd_settime 86  timerfd_gettime 87  socketpair 199  getsockname 204  getpeername 205
getsockopt 209  setsockopt 208  shutdown 210  recvfrom 207  recvmsg 212  rt_sigaction 134  rt_sigprocmask 135
rt_sigreturn 139  rt_sigpending 136  rt_sigtimedwait 137  rt_sigsuspend 133  sigaltstack 132  getitimer 102
setitimer 103  timer_create 107  timer_settime 110  timer_gettime 108  timer_getoverrun 109  timer_delete 111
nanosleep 101  clock_nanosleep 115  clock_gettime 113  clock_getres 114  gettimeofday 169  times 153  futex 98
futex_waitv 449  set_robust_list 99  set_tid_address 96  rseq 293  sched_yield 124  getcpu 168  exit 93
exit_group 94  restart_syscall 128  wait4 260  waitid 95  getpid 172  gettid 178  getppid 173  getuid 174
geteuid 175  getgid 176  getegid 177  getgroups 158  getresuid 148  getresgid 150  getpgid 155  getsid 156
capget 90  getpriority 141  sched_getaffinity 123  sched_getscheduler 120  sched_getparam 121  sched_getattr 275
sched_get_priority_max 125  sched_get_priority_min 126  sched_rr_get_interval 127  getrlimit 163  getrusage 165
sysinfo 179  uname 160  getrandom 278  getxattr 8  lgetxattr 9  fgetxattr 10  listxattr 11  llistxattr 12
flistxattr 13  truncate 45  fchmod 52  fchmodat 53  utimensat 88  clone 220  kill 129  tgkill 131  prlimit64 261
sched_setaffinity 122  fcntl 25  ioctl 29  prctl 167  sendto 206  socket 198  connect 203  bind 200  listen 201
accept 202  accept4 242  sendmsg 211  sendmmsg 269  recvmmsg 243  execve 221  execveat 281  ptrace 117
process_vm_readv 270  process_vm_writev 271  pidfd_open 434  pidfd_getfd 438  pidfd_send_signal 424
process_madvise 440  kcmp 272  tkill 130  rt_sigqueueinfo 138  rt_tgsigqueueinfo 240  setsid 157  setpgid 154
setpriority 140  ioprio_set 30  setrlimit 164  sched_setscheduler 119  sched_setparam 118  sched_setattr 274
move_pages 239  migrate_pages 238  fchown 55  fchownat 54  mknodat 33  setxattr 5  lsetxattr 6  fsetxattr 7
removexattr 14  lremovexattr 15  fremovexattr 16  setuid 146  setgid 144  setreuid 145  setregid 143
setresuid 147  setresgid 149  setgroups 159  setfsuid 151  setfsgid 152  capset 91  unshare 97  setns 268
mount 40  umount2 39  pivot_root 41  chroot 51  open_tree 428  move_mount 429  fsopen 430  fsmount 432
mount_setattr 442  shmget 194  shmat 196  shmctl 195  msgget 186  msgsnd 189  msgrcv 188  msgctl 187  semget 190
semop 193  semtimedop 192  semctl 191  mq_open 180  mq_unlink 181  bpf 280  perf_event_open 241  userfaultfd 282
keyctl 219  add_key 217  request_key 218  name_to_handle_at 264  open_by_handle_at 265  fanotify_init 262
inotify_init1 26  inotify_add_watch 27  personality 92  acct 89  reboot 142  swapon 224  swapoff 225
sethostname 161  setdomainname 162  settimeofday 170  clock_settime 112  clock_adjtime 266  adjtimex 171
init_module 105  finit_module 273  delete_module 106  kexec_load 104  quotactl 60  syslog 116
"""
)
