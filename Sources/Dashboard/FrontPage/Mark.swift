/// The sign of Leanto: a roof that leans on a wall.
enum Mark {
  static var drawing: HTML {
    element("svg", ["class": "mark", "viewBox": "0 0 32 32", "aria-hidden": "true"]) {
      element("path", ["d": "M6 29V4M6 7l21 9M23 14.500V29"]) { HTML.empty }
    }
  }

  static let icon = """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><style>path{fill:none;stroke:#2c6150;stroke-width:3.5;\
    stroke-linecap:round}@media(prefers-color-scheme:dark){path{stroke:#8fc7b0}}</style>\
    <path d="M6 29V4M6 7l21 9M23 14.500V29"/></svg>

    """
}
