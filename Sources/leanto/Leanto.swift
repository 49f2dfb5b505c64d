@main
struct Leanto {
  static func main() {}
}
