import HTTP
import Testing

@Suite("Files that a browser may keep")
struct KeptAssetTests {
  @Test(
    "Names with a hash, as bundlers write them",
    arguments: [
      "/assets/index-BxY3_k9Q.js", "/n8n/assets/n8n-logo-Dk29sA-1.svg", "/assets/a.3f9c2b1d.css", "/assets/x-0a1b2c3d4e5f.woff2",
      "/assets/index-DkA8s9fL.mjs",
    ])
  func hashed(path: String) {
    #expect(isHashed(path))
  }

  @Test(
    "Names that may come back with other content",
    arguments: [
      "/assets/index.js", "/assets/index-main.js", "/assets/my-component.js", "/assets/background.png",
      "/assets/index-BxY3_k9Q.html",
      "/assets/index-BxY3_k9Q", "/assets/", "/", "", "/assets/-.js", "/assets/BxY3_k9Q.js", "/api/data-12345678.json",
      "/assets/abcdefgh-ijklmnop.js",
    ])
  func plain(path: String) {
    #expect(!isHashed(path))
  }

  private func isHashed(_ path: String) -> Bool {
    let bytes = Array(path.utf8)
    return isHashedName(bytes.span, 0..<bytes.count)
  }

  private func head(_ fields: String, status: Int = 200, isAsset: Bool = true) throws -> String {
    let bytes = Array("HTTP/1.1 \(status) OK\r\nContent-Length: 2\r\n\(fields)\r\n".utf8)
    var head = ResponseHead()
    _ = try head.scan(bytes.span)
    var out = ByteWriter(capacity: 4096)
    head.write(bytes.span, to: &out, ResponseForwarding(framing: .length(2), isAsset: isAsset))
    return text(out)
  }

  @Test(
    "What the service says of time is replaced",
    arguments: [
      "", "Cache-Control: public, max-age=0\r\n", "cache-control: public, max-age=86400\r\nExpires: 0\r\nPragma: x\r\n",
    ])
  func replaced(fields: String) throws {
    let text = try head("ETag: W/\"1\"\r\n" + fields + "X-Last: 1\r\n")
    #expect(
      text == "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nETag: W/\"1\"\r\nX-Last: 1\r\n"
        + "Cache-Control: private, max-age=31536000, immutable\r\n\r\n")
  }

  @Test(
    "What the service forbids stays forbidden",
    arguments: [
      "Cache-Control: no-store\r\n", "Cache-Control: No-Cache\r\n", "Cache-Control: private, max-age=5\r\n",
      "Set-Cookie: a=b\r\n", "Cache-Control: max-age=0\r\nCache-Control: no-store\r\n",
    ])
  func kept(fields: String) throws {
    #expect(try head(fields) == "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\(fields)\r\n")
  }

  @Test("Errors, and answers that are no asset, pass as they are")
  func others() throws {
    #expect(try !head("", status: 404).contains("immutable"))
    #expect(try !head("", isAsset: false).contains("immutable"))
  }
}
