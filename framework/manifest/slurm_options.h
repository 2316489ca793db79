#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tuneval {

/// [engine.slurm]: how `tuneval submit` asks Slurm for machines. Texts are as sbatch takes them;
/// an empty one leaves the choice to the cluster.
struct SlurmOptions {
  std::string partition = {}, account = {}, qos = {}, gres = {};
  std::string time = {};      ///< limit of a task: "90" (minutes), "12:00:00", "2-00:00:00"
  std::string memory = {};    ///< of a task: "24G"; empty: what the plan's estimate says
  int64_t cpus = 0;           ///< of a task; 0: run.threads, or else the cluster's default
  int64_t width = 0;          ///< tasks that may run at once; 0: no limit
  int64_t signal = 60;        ///< seconds ahead of the time limit at which a task is told to stop
  int64_t requeues = 100;     ///< times that a task may go on after its time limit struck
  std::string per = "model";  ///< what a task is: "model" (all of its cells) or "cell"
  std::vector<std::string> options = {};  ///< further ones of sbatch: "--constraint=a100"
  std::vector<std::string> setup = {};    ///< shell lines, first in a task: "module load cuda"
  std::string program = {};               ///< on the nodes; empty: the path of the one that submits
  std::string where = {};                 ///< "run.toml:30:1", for messages
};

}  // namespace tuneval
