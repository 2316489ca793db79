#include "framework/cli/plugin_commands.h"
#include "framework/scaffold/new_plugin.h"

#include <fmt/format.h>

#include <map>

namespace tuneval::cli {

void add_plugins_new(CLI::App& plugins, Common& common) {
  struct Arguments {
    PluginKind kind = PluginKind::metric;
    std::string name, to;
  };
  static const std::map<std::string, PluginKind> kKinds = {
      {"model", PluginKind::model}, {"task", PluginKind::task}, {"metric", PluginKind::metric}};
  CLI::App* command = plugins.add_subcommand("new", "Make a plugin to start from");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("kind", arguments->kind, "model, task or metric")
      ->required()
      ->transform(CLI::CheckedTransformer(kKinds).description(""))
      ->type_name("KIND");
  command->add_option("name", arguments->name, "Its file's name, and what it registers")
      ->required()
      ->type_name("NAME");
  command->add_option("--to", arguments->to, "Where; NAME unless given")->type_name("DIR");
  command->callback([arguments, &common] {
    const std::string& to = arguments->to.empty() ? arguments->name : arguments->to;
    write_new_plugin(load_registry(common), arguments->kind, arguments->name, to);
    fmt::print(
        "{}: a plugin that builds and passes its checks. {}/README.md says how, {}/{}.cpp what to "
        "change.\n",
        to, to, to, arguments->name);
  });
}

}  // namespace tuneval::cli
