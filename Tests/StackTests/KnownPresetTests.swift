import Settings
import Testing

@testable import Stack

@Suite("Settings and presets know the same classes")
struct KnownPresetTests {
  @Test("Every preset and every class that the settings take is there, and the other way round")
  func sameClasses() {
    let presets = PresetCatalog.all.map { ($0.name, Set($0.publicClasses.map(\.name))) }
    let known = KnownPresets.builtIn.classes.map { ($0.key, Set($0.value)) }
    #expect(Dictionary(uniqueKeysWithValues: presets) == Dictionary(uniqueKeysWithValues: known))
  }
}
