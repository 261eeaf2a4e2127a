// What of a database to read, as the command line says it.

#ifndef PGBALE_ENGINE_CLI_CATALOG_ARGUMENTS_H_
#define PGBALE_ENGINE_CLI_CATALOG_ARGUMENTS_H_

#include "catalog/options.h"
#include "engine/cli/arguments.h"

namespace pgbale {

// Nothing of a database is asked for.
bool GlobalsAlone(const Arguments& arguments);

CatalogOptions CatalogOptionsFrom(const Arguments& arguments);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_CLI_CATALOG_ARGUMENTS_H_
