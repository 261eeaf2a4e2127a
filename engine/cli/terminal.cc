#include "engine/cli/terminal.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/string_view.h"
#include "base/status.h"

namespace pgbale {
namespace {

std::string ReadLine(int fd) {
  std::string line;
  char c = 0;
  while (read(fd, &c, 1) == 1 && c != '\n') line.push_back(c);
  return line;
}

// Nothing depends on it: a prompt that cannot be shown is a prompt that
// nobody answers.
void WriteText(int fd, absl::string_view text) {
  if (write(fd, text.data(), text.size()) < 0) return;
}

}  // namespace

absl::StatusOr<Secret> AskPassword() {
  const int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  termios old_settings;
  if (fd < 0 || tcgetattr(fd, &old_settings) != 0) {
    if (fd >= 0) close(fd);
    return WithHint(
        MakeError(Failure::kConnect,
                  "cannot ask for a password: there is no terminal"),
        "Put it into ~/.pgpass or the environment variable PGPASSWORD.");
  }
  termios settings = old_settings;
  settings.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  const absl::Cleanup restore = [fd, &old_settings] {
    tcsetattr(fd, TCSAFLUSH, &old_settings);
    close(fd);
  };
  tcsetattr(fd, TCSAFLUSH, &settings);
  WriteText(fd, "Password: ");
  Secret password(ReadLine(fd));
  WriteText(fd, "\n");
  return password;
}

bool HidePasswords(int argc, char** argv) {
  bool found = false;
  for (int i = 1; i < argc; ++i) {
    const size_t size = std::strlen(argv[i]);
    const std::string hidden = RedactConnectionString(argv[i]);
    if (hidden == argv[i]) continue;
    found = true;
    const size_t kept = std::min(size, hidden.size());
    std::memcpy(argv[i], hidden.data(), kept);
    std::memset(argv[i] + kept, 0, size - kept);
  }
  return found;
}

}  // namespace pgbale
