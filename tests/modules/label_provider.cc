// A module for PostgreSQL servers that takes any security label on anything,
// as two providers: PostgreSQL has none of its own, and servers without a
// provider refuse SECURITY LABEL.
//
// The few facts of the server's headers that it needs stand here, so that no
// server's headers need to be installed: what a module says of itself (fmgr.h)
// and how a provider is announced (commands/seclabel.h). PGBALE_POSTGRES_MAJOR
// is the server's version, 14 to 18.

#include <cstring>

extern "C" {

// A server refuses a module whose values here differ from its own in octets.
struct AbiValues {
  int version;
  int function_arguments_max = 100;
  int index_keys_max = 32;
  int name_octets = 64;
  int float8_by_value = 1;
#if PGBALE_POSTGRES_MAJOR >= 15
  char variant[32] = "PostgreSQL";
#endif
};

struct Magic {
  int octets;
  AbiValues abi;
#if PGBALE_POSTGRES_MAJOR >= 18
  const char* name;
  const char* module_version;
#endif
};

struct ObjectAddress;
void register_label_provider(const char* provider,
                             void (*check)(const ObjectAddress* object,
                                           const char* label));

const Magic* Pg_magic_func() {
  static const Magic magic = [] {
    Magic m;
    std::memset(static_cast<void*>(&m), 0, sizeof m);
    m.octets = sizeof m;
    m.abi = AbiValues{PGBALE_POSTGRES_MAJOR * 100};
    return m;
  }();
  return &magic;
}

static void TakeAny(const ObjectAddress*, const char*) {}

void _PG_init() {
  register_label_provider("dummy", TakeAny);
  register_label_provider("Provider \"p\" 'q' \\ $$ %s;--", TakeAny);
}

}  // extern "C"
