/** One XML report of OpenI's Indiana collection. The parser is loaded when the first report is read. */
import { MedpeftError } from '../../errors';

export interface OpenIReport {
  /** `CXR1` */
  uid: string;
  /** Label in lower case (findings, impression, indication, comparison) -> text; empty where the element is. */
  sections: Record<string, string>;
  /** Ids of `parentImage`, which name the image files. */
  images: string[];
  /** Major MeSH headings. */
  mesh: string[];
  /** Licence's address. */
  licence: string;
}

/** @throws MP2002 with line and column where the text is not well-formed. */
export async function parseOpenI(text: string, file: string): Promise<OpenIReport> {
  const { SaxesParser } = await import('saxes');
  const report: OpenIReport = { uid: '', sections: {}, images: [], mesh: [], licence: '' };
  let said = '';
  let label = '';
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    said = '';
    const own = attributes as Record<string, string>;
    if (name === 'AbstractText') label = (own.Label ?? '').toLowerCase();
    else if (name === 'uId') report.uid = own.id ?? '';
    else if (name === 'parentImage' && own.id) report.images.push(own.id);
  });
  parser.on('text', (piece) => {
    said += piece;
  });
  parser.on('closetag', ({ name }) => {
    if (name === 'AbstractText') report.sections[label] = said;
    else if (name === 'major') report.mesh.push(said.trim());
    else if (name === 'licenseURL') report.licence = said.trim();
  });
  let problem: Error | undefined;
  parser.on('error', (error) => {
    problem ??= error;
  });
  parser.write(text).close();
  if (problem)
    throw new MedpeftError(
      'MP2002',
      `${file} is not well-formed XML: ${problem.message}`,
      'the file may have been cut off; get it again from its source',
      file,
      { cause: problem },
    );
  return report;
}
