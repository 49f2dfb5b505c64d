import Glibc
import Model
import Operations
import Stack

extension StackPlan {
  /// What the runner is asked to do; nil: no container.
  func composeOrder(in directory: StackDirectory) -> ComposeOrder? {
    guard let compose else { return nil }
    let containers = compose.containers.map { ComposeOrder.Container(name: $0.name, image: $0.image) }
    let seconds = services.filter { service in containers.contains { $0.name == service.name } }.map(\.startSeconds).max()
    return ComposeOrder(
      project: compose.project, containers: containers, folders: Self.folders(compose, directory),
      startSeconds: seconds ?? 120, digests: compose.lock.digests,
      files: { digests in
        var plan = compose
        plan.lock = ImageLock(digests: digests)
        return plan.files
      },
      lockFile: { RenderedFile(path: "compose/images.lock", text: ImageLock(digests: $0).text, mode: 0o600) })
  }

  private static func folders(_ compose: ComposePlan, _ directory: StackDirectory) -> [ComposeOrder.Folder] {
    compose.containers.flatMap { container in
      container.volumes.filter { $0.isFolder && !$0.isReadOnly }.map { volume in
        let numbers = (container.user ?? "").split(separator: ":").compactMap { UInt32($0) }
        let isOwned = compose.secretOwner != nil && numbers.count == 2
        return ComposeOrder.Folder(
          path: volume.source.hasPrefix("/") ? volume.source : "\(directory.path)/\(volume.source)",
          owner: isOwned ? numbers[0] : nil, group: isOwned ? numbers[1] : nil)
      }
    }
  }
}

extension DockerFacts {
  /// With what was chosen for this stack on this machine.
  init(_ survey: DockerSurvey?, in directory: StackDirectory) {
    self.init()
    apiVersion = survey?.apiVersion ?? ""
    person = survey?.isRootless == true ? "0:0" : "\(geteuid()):\(getegid())"
    owner = .of(user: geteuid(), group: getegid(), isRootless: survey?.isRootless == true)
    choices = ChoiceStore(directory: directory).choices()
    takenPorts = ListeningPorts.all()
    lock = ImageLock(text: SmallFile.read(directory.imageLock) ?? "")
  }
}
