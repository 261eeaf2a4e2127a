#include "tests/support/paths.h"

namespace pgbale {

const char* const kSourceDir = PGBALE_SOURCE_DIR;
const char* const kProgram = PGBALE_BINARY;
const char* const kModules = PGBALE_TEST_MODULES;

}  // namespace pgbale
