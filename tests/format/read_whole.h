// Whoever reads an archive to its end, for tests and fuzz targets: hence
// without gtest.

#ifndef PGBALE_TESTS_FORMAT_READ_WHOLE_H_
#define PGBALE_TESTS_FORMAT_READ_WHOLE_H_

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "base/bytes.h"
#include "base/io/memory.h"
#include "base/status.h"
#include "format/archive_reader.h"
#include "format/archive_stream.h"
#include "format/salvage.h"

namespace pgbale::format_test {

inline std::unique_ptr<ForwardSource> MakeMemoryStream(Bytes archive) {
  return MakeForwardSource(MakeMemorySource(archive));
}

inline VerifyReport Verify(Bytes archive, int workers = 1) {
  return VerifyArchive(MakeMemorySource(archive), workers);
}

inline ArchiveSurvey Survey(Bytes archive, int workers = 1) {
  Progress progress;
  return SurveyArchive(*MakeMemoryStream(archive), workers, progress);
}

// Opens an archive from its end and reads every chunk: the first error.
inline absl::Status ReadEverything(Bytes archive) {
  ASSIGN_OR_RETURN(const std::unique_ptr<ArchiveReader> reader,
                   ArchiveReader::Open(MakeMemorySource(archive)));
  for (const ChunkRef& chunk : reader->directory().chunks)
    RETURN_IF_ERROR(reader->ReadChunk(chunk).status());
  return absl::OkStatus();
}

// Likewise, from front to back.
inline absl::Status StreamEverything(Bytes archive) {
  ASSIGN_OR_RETURN(const auto stream,
                   ArchiveStream::Open(MakeMemoryStream(archive)));
  while (true) {
    ASSIGN_OR_RETURN(const auto chunk, stream->Next());
    if (!chunk.has_value()) return absl::OkStatus();
    RETURN_IF_ERROR(stream->Decode(*chunk).status());
  }
}

// OK if what salvage makes of `archive`, of which `survey` is, is whole, or it
// makes nothing.
inline absl::Status CheckSalvage(Bytes archive, const ArchiveSurvey& survey) {
  const auto plan = PlanSalvage(survey, "UTF8", "2026-01-01T00:00:00Z");
  if (!plan.ok()) return absl::OkStatus();
  Progress progress;
  Buffer salvaged;
  RETURN_IF_ERROR(WriteSalvage(*plan, *MakeMemorySource(archive),
                               MakeMemorySink(&salvaged), progress)
                      .status());
  const VerifyReport report = Verify(salvaged);
  return report.damages.empty() ? absl::OkStatus() : report.damages[0].status;
}

}  // namespace pgbale::format_test

#endif  // PGBALE_TESTS_FORMAT_READ_WHOLE_H_
