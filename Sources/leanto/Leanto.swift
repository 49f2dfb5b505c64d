import Commands
import Glibc
import Model

@main
struct Leanto {
  static func main() async {
    exit(await LeantoProgram.run(.live()).rawValue)
  }
}
