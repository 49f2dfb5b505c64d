import TestSupport

/// What libFuzzer calls with each input. Which parser gets it is said by LEANTO_FUZZ_TARGET; an oracle that is not met ends the
/// process, and libFuzzer keeps the input.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let target else { fatalError("LEANTO_FUZZ_TARGET names no target: \(targets.keys.sorted().joined(separator: ", "))") }
  target(unsafe Array(UnsafeBufferPointer(start: data, count: count)))
  return 0
}

private let target = targets[environmentValue("LEANTO_FUZZ_TARGET") ?? ""]

private let targets: [String: @Sendable ([UInt8]) -> Void] = [
  "request-head": fuzzRequestHead, "response-head": fuzzResponseHead, "chunked": fuzzChunked, "path": fuzzPath,
  "basic": fuzzBasic, "forwarded": fuzzForwarded, "cookie": fuzzCookie, "settings": fuzzSettings,
]

/// Ends the process with what was expected. `bytes`: the input, readable.
func expect(_ isMet: Bool, _ what: @autoclosure () -> String, _ bytes: [UInt8]) {
  if !isMet { fatalError("\(what()): \(latin1(bytes).debugDescription)") }
}

/// Places to cut `bytes` at, chosen by the bytes themselves, so that the same input is cut alike each time.
func cuts(of bytes: [UInt8], _ count: Int) -> [Int] {
  guard !bytes.isEmpty else { return [] }
  var random = SeededRandom(state: bytes.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 })
  return (0..<count).map { _ in random.below(bytes.count) }.sorted()
}
