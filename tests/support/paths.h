// Where the source tree and the program under test are. Only this file's
// object knows, so that all others may come out of another tree's ccache.

#ifndef PGBALE_TESTS_SUPPORT_PATHS_H_
#define PGBALE_TESTS_SUPPORT_PATHS_H_

namespace pgbale {

extern const char* const kSourceDir;
extern const char* const kProgram;
// A folder with what tests/modules makes for servers to load.
extern const char* const kModules;

}  // namespace pgbale

#endif  // PGBALE_TESTS_SUPPORT_PATHS_H_
