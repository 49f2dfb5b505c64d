internal import Glibc
internal import Model

extension Logger {
  /// Writes each record with one write to an open descriptor: a terminal, a pipe or what systemd reads. What cannot be written
  /// (closed, full) is dropped: a log stops nothing. The process must ignore SIGPIPE, or a closed pipe ends it.
  package static func descriptor(
    _ number: Int32 = STDERR_FILENO, label: String, level: Level = .info, format: LogFormat = .text
  ) -> Logger {
    let turn = Lock(())
    return Logger(label: label, level: level) { level, label, message, metadata in
      let line = format.line(time: now(), level: level, label: label, message: message, metadata: metadata)
      // One record at a time: a long line on a pipe would be mixed with another's.
      turn.withLock { _ in _ = writeAll(line.span, to: number) }
    }
  }

  /// Writes each record to a file that is rotated by size.
  package static func file(
    _ file: RotatingFile, label: String, level: Level = .info, format: LogFormat = .text
  ) -> Logger {
    Logger(label: label, level: level) { level, label, message, metadata in
      let line = format.line(time: now(), level: level, label: label, message: message, metadata: metadata)
      file.write(line.span)
    }
  }

  /// The same sink under another label.
  package func labelled(_ label: String) -> Logger {
    var logger = self
    logger.label = label
    return logger
  }
}

private func now() -> Int { time(nil) }

/// Returns how many bytes were written before the first error.
func writeAll(_ bytes: Span<UInt8>, to descriptor: Int32) -> Int {
  unsafe bytes.withUnsafeBytes { buffer in
    var done = 0
    while done < buffer.count {
      let count = unsafe Glibc.write(descriptor, buffer.baseAddress! + done, buffer.count - done)
      if count > 0 {
        done += count
      } else if errno != EINTR {
        break
      }
    }
    return done
  }
}
