/** Style of the plots where they stand outside of VS Code; the results view has its own. */
export const plotStyle = `svg{font:12px system-ui,sans-serif;fill:currentColor}
svg line{stroke:currentColor}svg .grid{opacity:.15}svg .base{stroke-dasharray:4 4;opacity:.6}svg .whisker{opacity:.5}
svg .front{fill:none;stroke:#2a78c8;stroke-width:2}svg .on{fill:#2a78c8}svg .off{fill:none;stroke:currentColor}`;
