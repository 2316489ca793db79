#include "tuneval/error.h"
#include "tuneval/model/family.h"
#include "tuneval/plugin.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

namespace tuneval {

struct Registry::Impl {
  std::map<std::string, std::shared_ptr<const ModelFamily>> families;
  std::map<std::string, std::string> family_by_type;  // model_type → family
  std::map<std::string, TaskTypeFactory> task_types;
  std::map<std::string, TaskSample> task_samples;
  std::map<std::string, MetricFactory> metrics;
  std::vector<Entry> entries;
  Entry current{"", "", "the host", "", ""};

  template <typename Map, typename Value>
  void add(Map& map, const char* kind, const std::string& name, Value value) {
    if (!value) {
      throw PluginError(
          fmt::format("{}: {} \"{}\" is registered with nothing", current.plugin, kind, name));
    }
    Entry entry = current;
    entry.kind = kind;
    entry.name = name;
    refuse_twice(entry);
    map.emplace(name, std::move(value));
    entries.push_back(std::move(entry));
  }

  void refuse_twice(const Entry& fresh) const {
    for (const Entry& entry : entries) {
      if (entry.kind == fresh.kind && entry.name == fresh.name) {
        throw PluginError(fmt::format(
            "plugin \"{}\" registers {} \"{}\" a second time: plugin \"{}\" ({}) did before",
            fresh.plugin, fresh.kind, fresh.name, entry.plugin, entry.file));
      }
    }
  }

  void refuse_claimed(const std::string& type, const std::string& family) const {
    auto other = family_by_type.find(type);
    if (other == family_by_type.end() || other->second == family) return;
    refuse_claim(type, other->second, current.plugin);
  }

  [[noreturn]] static void refuse_claim(const std::string& type, const std::string& family,
                                        const std::string& plugin) {
    throw PluginError(
        fmt::format("plugin \"{}\" claims model_type \"{}\", which model family \"{}\" has already",
                    plugin, type, family));
  }

  template <typename Map>
  static const auto& find(const Map& map, const char* kind, const std::string& name) {
    auto found = map.find(name);
    if (found != map.end()) return found->second;
    std::vector<std::string> names;
    for (const auto& [known, value] : map) names.push_back(known);
    throw PluginError(
        fmt::format("no {} \"{}\" among the loaded plugins: there is {}", kind, name,
                    names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "))));
  }
};

Registry::Registry() : impl_(std::make_unique<Impl>()) {}
Registry::~Registry() = default;
Registry::Registry(Registry&&) noexcept = default;
Registry& Registry::operator=(Registry&&) noexcept = default;

void Registry::add_model_family(const std::string& name,
                                std::shared_ptr<const ModelFamily> family) {
  const auto types = family ? family->model_types() : std::vector<std::string>{};
  for (const std::string& type : types) impl_->refuse_claimed(type, name);
  impl_->add(impl_->families, "model family", name, std::move(family));
  for (const std::string& type : types) impl_->family_by_type.emplace(type, name);
}

void Registry::add_task_type(const std::string& name, TaskTypeFactory factory, TaskSample sample) {
  impl_->add(impl_->task_types, "task type", name, std::move(factory));
  impl_->task_samples[name] = std::move(sample);
}

void Registry::add_metric(const std::string& name, MetricFactory factory) {
  impl_->add(impl_->metrics, "metric", name, std::move(factory));
}

std::shared_ptr<const ModelFamily> Registry::family_of(const std::string& model_type) const {
  auto found = impl_->family_by_type.find(model_type);
  return found == impl_->family_by_type.end() ? nullptr : impl_->families.at(found->second);
}

std::shared_ptr<const ModelFamily> Registry::model_family(const std::string& name) const {
  return Impl::find(impl_->families, "model family", name);
}

std::shared_ptr<const TaskType> Registry::make_task_type(const std::string& name,
                                                         const TaskOptions& options) const {
  return Impl::find(impl_->task_types, "task type", name)(options);
}

std::shared_ptr<const Metric> Registry::make_metric(const std::string& name,
                                                    const Config& options) const {
  return Impl::find(impl_->metrics, "metric", name)(options);
}

const TaskSample& Registry::task_sample(const std::string& name) const {
  return Impl::find(impl_->task_samples, "task type", name);
}

bool Registry::has_task_type(const std::string& name) const {
  return impl_->task_types.contains(name);
}
bool Registry::has_metric(const std::string& name) const { return impl_->metrics.contains(name); }

std::vector<std::string> Registry::model_types() const {
  std::vector<std::string> types;
  for (const auto& [type, family] : impl_->family_by_type) types.push_back(type);
  return types;
}

const std::vector<Registry::Entry>& Registry::entries() const { return impl_->entries; }

void Registry::begin_plugin(std::string name, std::string version, std::string file) {
  impl_->current = {"", "", std::move(name), std::move(version), std::move(file)};
}

void Registry::merge(Registry&& other) {
  Impl &mine = *impl_, &fresh = *other.impl_;
  for (const Entry& entry : fresh.entries) mine.refuse_twice(entry);
  for (const auto& [type, family] : fresh.family_by_type) {
    auto claimed = mine.family_by_type.find(type);
    if (claimed == mine.family_by_type.end()) continue;
    Impl::refuse_claim(type, claimed->second, fresh.current.plugin);
  }
  mine.families.merge(fresh.families);
  mine.family_by_type.merge(fresh.family_by_type);
  mine.task_types.merge(fresh.task_types);
  mine.task_samples.merge(fresh.task_samples);
  mine.metrics.merge(fresh.metrics);
  std::ranges::move(fresh.entries, std::back_inserter(mine.entries));
  fresh.entries.clear();
}

}  // namespace tuneval
