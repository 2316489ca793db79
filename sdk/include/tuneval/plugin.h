#pragma once

/// What every plugin includes. Free of LibTorch.

#include "tuneval/abi.h"
#include "tuneval/metric/judged.h"
#include "tuneval/metric/metric.h"
#include "tuneval/task/task_type.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

class ModelFamily;

/// Names to code, filled by plugins. After loading it is constant.
class TUNEVAL_API Registry {
 public:
  Registry();
  ~Registry();
  Registry(Registry&&) noexcept;
  Registry& operator=(Registry&&) noexcept;

  /// Registering a name twice throws PluginError naming both plugins.
  void add_model_family(const std::string& name, std::shared_ptr<const ModelFamily> family);
  /// Without a sample the task type works, but does not pass its conformance checks.
  void add_task_type(const std::string& name, TaskTypeFactory factory, TaskSample sample = {});
  void add_metric(const std::string& name, MetricFactory factory);

  /// The family that claims `model_type` of a config.json; null when none does.
  std::shared_ptr<const ModelFamily> family_of(const std::string& model_type) const;
  /// Throws PluginError listing the names there are.
  std::shared_ptr<const ModelFamily> model_family(const std::string& name) const;
  std::shared_ptr<const TaskType> make_task_type(const std::string& name,
                                                 const TaskOptions& options) const;
  /// `options`: see MetricFactory.
  std::shared_ptr<const Metric> make_metric(const std::string& name,
                                            const Config& options = {}) const;
  /// Throws PluginError listing the names there are.
  const TaskSample& task_sample(const std::string& name) const;
  bool has_task_type(const std::string& name) const;
  bool has_metric(const std::string& name) const;
  /// Every `model_type` that some family claims, sorted.
  std::vector<std::string> model_types() const;

  /// Who registered what, in the order of registration.
  struct Entry {
    std::string kind;  ///< "model family", "task type" or "metric"
    std::string name;
    std::string plugin, version, file;
  };
  const std::vector<Entry>& entries() const;

  /// The host names the plugin whose `register_all` it calls next.
  void begin_plugin(std::string name, std::string version, std::string file);
  /// Takes over all that `other` holds. What is in both throws PluginError naming both plugins;
  /// this registry is as before then.
  void merge(Registry&& other);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tuneval

/// Opens the door of a plugin: `TUNEVAL_PLUGIN("name", "0.1.0") { registry.add_metric(…); }`.
/// Written once in a plugin. `name` must equal the file's name without ".so".
#define TUNEVAL_PLUGIN(plugin_name, plugin_version)                                             \
  static void tuneval_register_all_(::tuneval::Registry& registry);                             \
  extern "C" {                                                                                  \
  TUNEVAL_API extern const char TUNEVAL_ABI_TAG[];                                              \
  const char TUNEVAL_ABI_TAG[] = TUNEVAL_ABI_TAG_STRING;                                        \
  }                                                                                             \
  extern "C" TUNEVAL_API const ::tuneval_plugin_descriptor* tuneval_plugin_door() {             \
    static const ::tuneval_plugin_descriptor descriptor = {sizeof(::tuneval_plugin_descriptor), \
                                                           TUNEVAL_API_VERSION,                 \
                                                           TUNEVAL_ABI_TAG_STRING,              \
                                                           plugin_name,                         \
                                                           plugin_version,                      \
                                                           &tuneval_register_all_};             \
    return &descriptor;                                                                         \
  }                                                                                             \
  static void tuneval_register_all_([[maybe_unused]] ::tuneval::Registry& registry)
