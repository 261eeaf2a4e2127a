#include "engine/cli/catalog_arguments.h"

namespace pgbale {

bool GlobalsAlone(const Arguments& arguments) {
  return arguments.globals_only || arguments.roles_only ||
         arguments.tablespaces_only;
}

CatalogOptions CatalogOptionsFrom(const Arguments& arguments) {
  CatalogOptions options;
  options.schemas = arguments.schemas;
  options.exclude_schemas = arguments.exclude_schemas;
  options.tables = arguments.tables;
  options.exclude_tables = arguments.exclude_tables;
  options.exclude_table_data = arguments.exclude_table_data;
  options.exclude_table_data_and_children =
      arguments.exclude_table_data_and_children;
  options.where = arguments.where;
  if (arguments.no_unlogged_table_data)
    options.unlogged_data = CatalogOptions::Unlogged::kNo;
  options.extensions = arguments.extensions;
  options.include_foreign_data = arguments.include_foreign_data;
  options.strict_names = arguments.strict_names;
  options.load_via_root = arguments.load_via_root;
  options.row_security = arguments.enable_row_security;
  options.schema = !arguments.data_only && !arguments.statistics_only;
  options.data = !arguments.schema_only && !arguments.statistics_only;
  options.statistics = arguments.statistics || arguments.statistics_only;
  options.privileges = !arguments.no_privileges;
  options.comments = !arguments.no_comments;
  options.security_labels = !arguments.no_security_labels;
  options.publications = !arguments.no_publications;
  options.subscriptions = !arguments.no_subscriptions;
  options.large_objects = arguments.large_objects;
  options.lock_wait_timeout_ms = arguments.lock_wait_timeout_ms;
  options.database = !GlobalsAlone(arguments);
  const bool both = arguments.globals || arguments.globals_only;
  options.roles = both || arguments.roles_only;
  options.tablespaces = both || arguments.tablespaces_only;
  options.role_passwords = !arguments.no_role_passwords;
  return options;
}

}  // namespace pgbale
