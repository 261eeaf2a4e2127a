#include "format/archive_info_codec.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/endian.h"
#include "format/constants.h"
#include "format/errors.h"
#include "format/fields.h"

namespace pgbale {
namespace {

//    0  2  major version
//    2  2  minor version
//    4     fields
// Frozen for every version, so that each reader can name what it refuses.
constexpr size_t kVersionOctets = 4;
constexpr size_t kExtensionsMax = 10000;

struct ExtensionFields {
  std::string name;
  std::string version;
};

template <typename Io>
void Describe(Io& io, Either<ExtensionFields> auto& extension) {
  io.Text(2, extension.name);
  io.Text(4, extension.version);
}

struct InfoFields {
  ArchiveInfo info;
  std::vector<ExtensionFields> extensions;
};

template <typename Io>
void Describe(Io& io, Either<InfoFields> auto& fields) {
  auto& info = fields.info;
  io.Text(1, info.encoding);
  io.Text(2, info.created_by);
  io.Text(4, info.created_at);
  io.Number(6, info.server_version);
  io.Text(8, info.server_version_text);
  io.Text(10, info.system_identifier);
  io.Text(12, info.database);
  io.Text(14, info.collation);
  io.Text(16, info.collation_version);
  io.Text(18, info.snapshot_lsn);
  io.Text(20, info.snapshot_time);
  io.Records(22, fields.extensions, kExtensionsMax);
  io.Text(24, info.salvaged_at);
  io.Number(26, info.entries_lost);
}

}  // namespace

Buffer EncodeHeaderPayload(const ArchiveInfo& info) {
  InfoFields fields{.info = info, .extensions = {}};
  for (const auto& [name, version] : info.extensions)
    fields.extensions.push_back({name, version});
  Buffer payload;
  AppendLittle(payload, kFormatMajor);
  AppendLittle(payload, kFormatMinor);
  FieldEncoder encoder(payload);
  Describe(encoder, std::as_const(fields));
  return payload;
}

absl::StatusOr<ArchiveInfo> DecodeHeaderPayload(Bytes payload) {
  if (payload.size() < kVersionOctets)
    return Damaged("the payload is too short");
  const uint16_t major = LoadLittle<uint16_t>(payload.data());
  const uint16_t minor = LoadLittle<uint16_t>(payload.data() + 2);
  if (major > kFormatMajor) {
    return TooNew(absl::StrCat("it is in version ", major, ".", minor,
                               " of the format, and versions up to ",
                               kFormatMajor, " are understood"));
  }
  if (major == 0) return Damaged("there is no version 0 of the format");
  ASSIGN_OR_RETURN(InfoFields fields,
                   DecodeFields<InfoFields>(payload.subspan(kVersionOctets)));
  ArchiveInfo info = std::move(fields.info);
  for (ExtensionFields& extension : fields.extensions) {
    info.extensions.emplace_back(std::move(extension.name),
                                 std::move(extension.version));
  }
  return info;
}

}  // namespace pgbale
