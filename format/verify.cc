// VerifyArchive: what a survey found, counted.

#include <utility>

#include "format/archive_reader.h"
#include "format/survey.h"

namespace pgbale {

VerifyReport VerifyArchive(std::unique_ptr<ForwardSource> source, int workers,
                           Progress& progress) {
  ArchiveSurvey survey = SurveyArchive(*source, workers, progress);
  VerifyReport report{.damages = std::move(survey.damages),
                      .blocks = survey.blocks};
  for (const WholeChunk& chunk : survey.chunks) {
    ++report.chunks;
    report.rows += chunk.ref.rows;
    report.raw_bytes += chunk.ref.raw_bytes;
    report.stored_bytes += chunk.ref.stored_bytes;
  }
  return report;
}

VerifyReport VerifyArchive(std::unique_ptr<Source> source, int workers) {
  Progress progress;
  return VerifyArchive(MakeForwardSource(std::move(source)), workers, progress);
}

}  // namespace pgbale
