// Entries in messages.

#ifndef PGBALE_RESTORE_LABEL_H_
#define PGBALE_RESTORE_LABEL_H_

#include <string>

#include "format/entry.h"

namespace pgbale {

// "index "public.i"", "trigger "public.g" of "t"": printable.
std::string EntryLabel(const Entry& entry);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_LABEL_H_
