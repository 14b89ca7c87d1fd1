#!/usr/bin/env bash
# Start or stop a Slurm that consists of this machine alone, for tests. Needs root and the packages slurm-wlm and munge.
#
#   onebox_slurm.sh up FOLDER      start; afterwards: export SLURM_CONF=FOLDER/slurm.conf
#   onebox_slurm.sh down FOLDER    stop what `up` started there
set -euo pipefail

if [ "$#" -ne 2 ] || { [ "$1" != up ] && [ "$1" != down ]; }; then
    echo "usage: $0 up|down FOLDER" >&2
    exit 2
fi
mkdir -p "$2"
folder="$(cd "$2" && pwd)"
host="$(hostname -s)"
export PATH="$PATH:/usr/sbin:/sbin" SLURM_CONF="$folder/slurm.conf"

stop_by_pid() {
    local pid
    [ -f "$folder/run/$1.mypid" ] || return 0
    pid="$(cat "$folder/run/$1.mypid")"
    kill "$pid" 2>/dev/null || true
    for _ in $(seq 50); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    kill -9 "$pid" 2>/dev/null || true
    rm -f "$folder/run/$1.mypid"
}

if [ "$1" = down ]; then
    scancel --full --user="$(id -un)" 2>/dev/null || true
    for name in slurmctld slurmd munged; do stop_by_pid "$name"; done
    exit 0
fi

for program in slurmctld slurmd munged sbatch squeue; do
    command -v "$program" >/dev/null || { echo "missing: $program (apt-get install slurm-wlm munge)" >&2; exit 3; }
done
[ "$(id -u)" -eq 0 ] || { echo "needs root" >&2; exit 3; }

mkdir -p "$folder"/{state,spool,log,run,dev}
# Any character device does for a pretended graphics card.
for number in 0 1 2 3 4 5 6 7; do
    [ -e "$folder/dev/gpu$number" ] || mknod "$folder/dev/gpu$number" c 1 3 2>/dev/null || touch "$folder/dev/gpu$number"
done
echo "NodeName=$host Name=gpu Type=volta File=$folder/dev/gpu[0-7]" >"$folder/gres.conf"
cat >"$folder/slurm.conf" <<CONF
ClusterName=onebox
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket,cred_expire=5
CredType=cred/munge
SlurmctldPort=16817
SlurmdPort=16818
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/run/slurmctld.pid
SlurmdPidFile=$folder/run/slurmd.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd.log
SlurmdParameters=config_overrides
MailProg=/bin/true
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=5,bf_interval=5
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
JobRequeue=1
KillWait=5
MinJobAge=300
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
GresTypes=gpu
NodeName=euler[01-14] NodeAddr=127.0.0.1 Port=[17001-17014] CPUs=1 State=DOWN
NodeName=$host NodeAddr=127.0.0.1 CPUs=64 Sockets=1 CoresPerSocket=64 ThreadsPerCore=1 RealMemory=500000 Feature=xeon-g6 Gres=gpu:volta:8 State=UNKNOWN
PartitionName=normal Nodes=$host Default=YES MaxTime=INFINITE State=UP PriorityTier=1
PartitionName=xeon-g6-volta Nodes=$host MaxTime=INFINITE State=UP PriorityTier=1
PartitionName=research Nodes=$host MaxTime=INFINITE State=UP PriorityTier=1
PartitionName=preempt Nodes=$host MaxTime=INFINITE State=UP PriorityTier=0 PreemptMode=REQUEUE
PartitionName=urgent Nodes=$host MaxTime=INFINITE State=UP PriorityTier=10
CONF

# munge of our own, so that one of the system is neither needed nor disturbed. It insists on who owns its folders.
munge="$folder/munge"
mkdir -p "$munge"
if [ ! -s "$munge/key" ]; then
    dd if=/dev/urandom of="$munge/key" bs=1024 count=1 status=none
fi
chmod 600 "$munge/key"
chmod 755 "$munge"
munged --foreground --force --key-file="$munge/key" --socket="$munge/socket" --pid-file="$munge/pid" \
    --log-file="$munge/log" --seed-file="$munge/seed" >"$folder/log/munged.out" 2>&1 </dev/null &
echo $! >"$folder/run/munged.mypid"
for _ in $(seq 50); do
    [ -S "$munge/socket" ] && break
    sleep 0.1
done
munge -S "$munge/socket" -n >/dev/null || { echo "munge does not start: $(tail -n 1 "$folder/log/munged.out")" >&2; exit 3; }

slurmctld -D -c >"$folder/log/slurmctld.out" 2>&1 </dev/null &
echo $! >"$folder/run/slurmctld.mypid"
sleep 2
slurmd -N "$host" -D -c >"$folder/log/slurmd.out" 2>&1 </dev/null &
echo $! >"$folder/run/slurmd.mypid"
for _ in $(seq 100); do
    if sinfo --noheader --nodes="$host" --format=%T 2>/dev/null | grep -q idle; then
        echo "export SLURM_CONF=$folder/slurm.conf"
        exit 0
    fi
    sleep 0.3
done
echo "the node does not become idle; see $folder/log" >&2
tail -n 5 "$folder/log/slurmctld.log" "$folder/log/slurmd.log" >&2 || true
exit 3
