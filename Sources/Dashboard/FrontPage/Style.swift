/// The page's style sheet: two palettes, one column on a phone, two on a desk.
enum Style {
  static let sheet = """
    :root{
      --page:#faf9f6;--card:#fff;--ink:#1d1c19;--quiet:#635f56;--line:#e3dfd6;--edge:#8b8679;--accent:#2c6150;--on-accent:#fff;
      --good:#2a704f;--wait:#8a5900;--bad:#b3261e;--off:#635f56;
      color-scheme:light dark;
    }
    @media(prefers-color-scheme:dark){:root{
      --page:#171613;--card:#1f1e1a;--ink:#ebe8e1;--quiet:#a9a498;--line:#35332d;--edge:#837e72;
      --accent:#8fc7b0;--on-accent:#10231b;
      --good:#7fc9a3;--wait:#e5b761;--bad:#f4978e;--off:#a9a498;
    }}
    *{box-sizing:border-box}
    [hidden]{display:none!important}
    body{margin:0 auto;max-width:68rem;padding:0 1.25rem;background:var(--page);color:var(--ink);
      font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;-webkit-text-size-adjust:100%}
    h1,h2,h3,p,ul,dl,dd{margin:0;padding:0}
    a{color:inherit;text-decoration-color:var(--accent);text-decoration-thickness:1px;text-underline-offset:.22em}
    a:hover{color:var(--accent)}
    :focus-visible{outline:2px solid var(--accent);outline-offset:3px;border-radius:2px}
    code{font:.875em/1.5 ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
    .quiet,.at,.since{color:var(--quiet)}
    strong{font-weight:600;color:var(--ink)}
    ::placeholder{color:var(--quiet);opacity:1}
    .quiet,.since{font-size:.875rem}

    header{display:grid;grid-template-columns:auto 1fr;column-gap:.8rem;align-items:center;padding:2.25rem 0 2rem}
    .mark{width:2.1rem;fill:none;stroke:var(--accent);stroke-width:2.8;stroke-linecap:round}
    h1{font:500 2.1rem/1.15 "Iowan Old Style","Palatino Linotype",Palatino,"Book Antiqua",Georgia,serif;
      letter-spacing:-.01em;overflow-wrap:anywhere}
    #summary{grid-column:2;color:var(--quiet)}
    #summary[data-tone=bad]{color:var(--bad)}
    .problems{grid-column:1/-1;margin-top:1rem;padding:.7rem 1rem;border-left:3px solid var(--bad);background:var(--card)}
    .problems summary{cursor:pointer;color:var(--bad)}
    .problems ul{margin:.5rem 0 0 1.1rem;font-size:.875rem;overflow-wrap:anywhere}

    main{display:grid;gap:2.75rem}
    h2{font-size:.8125rem;font-weight:600;letter-spacing:.06em;text-transform:uppercase;color:var(--quiet);
      padding-bottom:.6rem;border-bottom:1px solid var(--line)}
    #services{list-style:none}
    #services li{display:grid;grid-template-columns:1.15rem minmax(0,1fr) auto;gap:0 .55rem;align-items:baseline;
      padding:.8rem 0;border-bottom:1px solid var(--line)}
    .name{font-size:1.0625rem;font-weight:500;overflow-wrap:anywhere}
    .state{text-align:right;white-space:nowrap}
    .word{font-size:.9375rem;font-weight:500;color:var(--tone)}
    .at{grid-column:2/4;font-size:.9375rem;line-height:1.4}
    .message{grid-column:2/4;margin-top:.25rem;font-size:.9375rem;overflow-wrap:anywhere}

    li{--tone:var(--off)}
    li[data-state=healthy]{--tone:var(--good)}
    li[data-state=waiting],li[data-state=starting]{--tone:var(--wait)}
    li[data-state=unhealthy],li[data-state=backing-off]{--tone:var(--bad)}
    .shape{width:.75rem;height:.75rem;background:var(--tone);align-self:start;margin-top:.45rem;forced-color-adjust:none}
    li[data-state=healthy] .shape{border-radius:50%}
    li[data-state=waiting] .shape{border-radius:50%;background:none;border:2px solid var(--tone)}
    li[data-state=starting] .shape{border-radius:50%;border:2px solid var(--tone);
      background:linear-gradient(90deg,var(--tone) 50%,transparent 50%)}
    li[data-state=unhealthy] .shape{clip-path:polygon(50% 2%,100% 96%,0 96%)}
    li[data-state=backing-off] .shape{clip-path:polygon(50% 0,100% 50%,50% 100%,0 50%)}
    li[data-state=stopped] .shape{width:.62rem;height:.62rem}
    li[data-state=missing] .shape{clip-path:polygon(15% 0,50% 35%,85% 0,100% 15%,65% 50%,100% 85%,85% 100%,50% 65%,15% 100%,0 85%,
      35% 50%,0 15%)}

    .services>p{margin-top:.8rem}
    .ask>*+*{margin-top:.8rem}
    label{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
    textarea{display:block;width:100%;min-height:5.6rem;max-height:40vh;padding:.75rem .9rem;resize:vertical;field-sizing:content;
      font:inherit;color:inherit;background:var(--card);border:1px solid var(--edge);border-radius:.45rem}
    textarea:focus-visible{outline-offset:-1px;border-radius:.45rem}
    .row{display:flex;gap:1rem;align-items:start;justify-content:space-between;margin-top:.6rem}
    button{flex:none;min-width:5.5rem;min-height:2.75rem;padding:.4rem 1.2rem;font:inherit;font-weight:600;cursor:pointer;
      color:var(--on-accent);background:var(--accent);border:1px solid var(--accent);border-radius:.45rem}
    button[data-busy]{color:var(--accent);background:none}
    #note{padding:.6rem .9rem;border-left:3px solid var(--bad);background:var(--card);overflow-wrap:anywhere}
    #turn{padding-top:.3rem}
    h3{font-size:1rem;font-weight:600;white-space:pre-wrap;overflow-wrap:anywhere}
    #answer{margin-top:.5rem;white-space:pre-wrap;overflow-wrap:anywhere;max-width:42rem}
    #answer[aria-busy=true]::after{content:"";display:inline-block;width:.5em;height:1em;margin-left:.15em;vertical-align:-.12em;
      background:var(--accent);animation:blink 1.1s steps(2,jump-none) infinite}
    @keyframes blink{to{opacity:.15}}
    @media(prefers-reduced-motion:reduce){#answer::after{animation:none!important}}
    #pace{margin-top:.6rem}

    dl>div{display:flex;flex-wrap:wrap;gap:0 1rem;justify-content:space-between;padding:.55rem 0;
      border-bottom:1px solid var(--line)}
    dt{font-size:.9375rem;color:var(--quiet)}
    footer{display:flex;flex-wrap:wrap;gap:.3rem 1.5rem;justify-content:space-between;margin-top:3rem;padding:0 0 2rem;
      font-size:.875rem;color:var(--quiet)}
    @media(min-width:54rem){
      header{padding:3.5rem 0 2.5rem}
      main{grid-template-columns:minmax(0,5fr) minmax(0,6fr);gap:3rem 4rem;grid-template-rows:auto 1fr}
      .ask{grid-column:2;grid-row:1/3}
    }

    """
}
