"""A Slurm cluster of one machine: munged, slurmctld and a slurmd for each node, from Debian's packages.

All of it lives in one folder and ends with this process: own key, own sockets, own ports. Nothing of a Slurm that
the machine may have is touched.
"""

import ctypes
import getpass
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol", "sinfo")

CONFIG = """
ClusterName=tuneval
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CredType=cred/munge
SlurmUser={user}
SlurmdUser={user}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=5,bf_interval=5,batch_sched_delay=1
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
PluginDir=/usr/lib/x86_64-linux-gnu/slurm-wlm
ReturnToService=2
SlurmdTimeout=10
KillWait=20
JobRequeue=1
MinJobAge=600
{nodes}
PartitionName=main Nodes={names} Default=YES MaxTime=60 State=UP
PartitionName=urgent Nodes={names} Default=NO MaxTime=5 PriorityTier=10 State=UP
{lonely}
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
"""


def end_with_parent():
    """Run in a daemon before it begins: where the test is killed, so is the daemon."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def node_memory():
    """Mebibytes of a node. Slurm drains one that says more than the machine has."""
    return min(8000, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20)


def missing_programs():
    """Those of Slurm's programs that this machine lacks."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    return [name for name in PROGRAMS if not shutil.which(name, path=path)]


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def wait_for(what, seconds, condition, pause=0.2):
    """Returns what `condition` gives as soon as that is true; raises AssertionError after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"after {seconds} s still waiting: {what}")
        time.sleep(pause)


class Cluster:
    """`with Cluster(folder) as cluster:` — nodes n1 and n2 with a core each are up inside."""

    def __init__(self, folder, nodes=("n1", "n2")):
        self.folder = pathlib.Path(folder).resolve()
        self.nodes = list(nodes)
        self.hidden = {}  # by node, the folder that it does not see
        self.daemons = {}
        self.config = self.folder / "slurm.conf"
        self.environment = dict(os.environ, SLURM_CONF=str(self.config))
        self.environment["PATH"] = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"

    def add_lonely_node(self, node, hidden):
        """A further node, in a partition "lonely" of its own, that sees another folder in place of `hidden`."""
        self.nodes.append(node)
        self.hidden[node] = hidden

    def __enter__(self):
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: sys.exit(1))  # through __exit__, which ends the daemons
        self._write_files()
        try:
            self._start("munged", "--foreground", "--force", f"--key-file={self.folder}/munge/key",
                        f"--socket={self.folder}/munge/socket", f"--pid-file={self.folder}/munge/pid",
                        f"--log-file={self.folder}/munge/log", f"--seed-file={self.folder}/munge/seed")
            wait_for("munged's socket", 60, (self.folder / "munge" / "socket").exists)
            self._start("slurmctld", "-D", "-f", str(self.config))
            for node in self.nodes:
                self.start_node(node)
            wait_for("nodes to come up", 120, lambda: set(self.node_states().values()) == {"idle"})
        except BaseException:
            self.show_logs()
            self.__exit__()
            raise
        return self

    def __exit__(self, *ignored):
        for node in self.nodes:
            self.kill_node(node)
        for process in reversed(self.daemons.values()):
            if process.poll() is None:
                process.terminate()
        for process in self.daemons.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _write_files(self):
        munge = self.folder / "munge"
        for each in (self.folder / "state", munge, *(self.folder / f"spool-{node}" for node in self.nodes)):
            each.mkdir(parents=True)
            each.chmod(0o755)
        key = munge / "key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        controller_port, *ports = free_ports(1 + len(self.nodes))
        host = socket.gethostname().split(".")[0]
        lines = [f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs=1 "
                 f"RealMemory={node_memory()}"
                 for node, port in zip(self.nodes, ports)]
        lonely = f"PartitionName=lonely Nodes={','.join(self.hidden)} State=UP" if self.hidden else ""
        self.config.write_text(CONFIG.format(host=host, controller_port=controller_port, folder=self.folder,
                                             user=getpass.getuser(), nodes="\n".join(lines), lonely=lonely,
                                             names=",".join(node for node in self.nodes if node not in self.hidden)))
        (self.folder / "cgroup.conf").write_text("CgroupAutomount=no\n")

    def _start(self, name, *arguments, key=None):
        with open(self.folder / f"{key or name}.out", "ab") as out:
            self.daemons[key or name] = subprocess.Popen([name, *arguments], env=self.environment, cwd=self.folder,
                                                         stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                                         preexec_fn=end_with_parent)

    def start_node(self, node):
        command = ["slurmd", "-D", "-N", node, "-f", str(self.config)]
        if node in self.hidden:
            script = 'mount -t tmpfs none "$0" && exec "$@"'
            command = ["unshare", "--mount", "sh", "-c", script, str(self.hidden[node]), *command]
        self._start(*command, key=node)

    def kill_node(self, node):
        """As if the machine lost its power: its slurmd and all that runs under it, by SIGKILL."""
        process = self.daemons.get(node)
        doomed = [process.pid] if process and process.poll() is None else []
        doomed += self.processes_of(node)
        for pid in doomed:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        if process:
            process.wait()

    def processes_of(self, node):
        """Processes of jobs on a node, and the slurmstepd above them."""
        wanted = {f"SLURMD_NODENAME={node}".encode(), f"SLURM_CONF={self.config}".encode()}
        found = set()
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if wanted <= set((entry / "environ").read_bytes().split(b"\0")):
                    found.add(int(entry.name))
                    parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                    if b"slurmstepd" in pathlib.Path(f"/proc/{parent}/cmdline").read_bytes():
                        found.add(parent)
            except (OSError, IndexError):
                continue
        return sorted(found)

    def run(self, *command, check=True):
        done = subprocess.run(command, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=300)
        if check and done.returncode != 0:
            words = " ".join(map(str, command))
            raise AssertionError(f"{words}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def node_states(self):
        lines = self.run("sinfo", "--noheader", "--Node", "--format=%N %t", check=False).stdout
        return dict(line.split() for line in lines.splitlines())

    def tasks(self, job):
        """State of each task of an array that the controller still knows, by index."""
        lines = self.run("squeue", "--noheader", "--array", "--states=all", f"--jobs={job}", "--format=%K %T %N",
                         check=False).stdout
        return {index: (state, node[0] if node else "")
                for index, state, *node in (line.split() for line in lines.splitlines())}

    def show_logs(self):
        for log in sorted(self.folder.glob("*.log")) + sorted(self.folder.glob("*.out")):
            print(f"---- {log.name}\n" + log.read_text(errors="replace")[-3000:])
