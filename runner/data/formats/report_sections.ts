/** Sections of a free-text radiology report, by its headings. */

/** A line that starts with a blank and a heading in capitals, as MIMIC-CXR writes them (MIT-LCP/mimic-cxr, txt/section_parser.py). */
const heading = /^ ([A-Z][A-Z ()/,-]*):(?=\s)/gm;

/** Headings that mean the same. */
const synonyms: Readonly<Record<string, string>> = {
  finding: 'findings',
  impressions: 'impression',
  conclusion: 'impression',
  conclusions: 'impression',
};

/**
 * Heading in lower case -> text beneath it with single blanks, empty sections left out. Text before the first heading is `preamble`. Texts
 * under one heading that occurs twice are joined.
 */
export function sectionsOf(report: string): Record<string, string> {
  const sections: Record<string, string> = {};
  let [name, from] = ['preamble', 0];
  const close = (to: number) => {
    const text = report.slice(from, to).replace(/\s+/g, ' ').trim();
    const key = synonyms[name] ?? name;
    if (text) sections[key] = sections[key] === undefined ? text : `${sections[key]} ${text}`;
  };
  for (const { index, 0: whole, 1: title } of report.matchAll(heading)) {
    close(index);
    [name, from] = [title!.trim().toLowerCase(), index + whole.length];
  }
  close(report.length);
  return sections;
}
