internal import Glibc

package func newFolder(_ path: String) throws { try makeFolder(path) }

/// With everything in it.
package func removeFolder(_ path: String) { removeTree(path) }
