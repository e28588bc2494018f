/**
 * Indiana University chest X-rays (OpenI; Demner-Fushman et al. 2016; CC BY-NC-ND 4.0), in two forms, each with the one split `all`:
 * the original XML reports, as `NLMCXR_reports.tgz` or unpacked, and Kaggle's `indiana_reports.csv` with `indiana_projections.csv`.
 * `XXXX` stands for a de-identified word and is kept. Of 3,955 XML reports 104 have no image and 28 neither findings nor impression: these
 * are bad records. The collection has one study of each patient, so the study's number is the patient.
 */
import { firstOf, type Source } from '../source';
import type { ReportItem } from '../types';
import { rowsOf } from './delimited';
import type { Format, ReadRecord } from './format';
import { parseOpenI } from './openi_xml';
import { filesInTar } from './tar';
import { bad, clean, fieldsOf, good, joinSections, reportFieldNames, reportFields } from './values';

const [reports, projections] = ['indiana_reports.csv', 'indiana_projections.csv'];
const archive = 'NLMCXR_reports.tgz';
const folders = ['ecgen-radiology', 'NLMCXR_reports/ecgen-radiology', ''];

export const iuXray: Format = {
  id: 'iu_xray',
  summary: 'IU X-Ray: the XML reports of OpenI (folder or .tgz), or the two CSV files of Kaggle; images beside them',
  kinds: ['report'],
  splits: ['all'],
  fields: ['uid', 'MeSH', 'Problems', 'indication', 'comparison', 'licence', ...reportFieldNames],
  imageFolders: ['images/images_normalized', 'NLMCXR_png', 'images', ''],
  acceptsFile: true,
  async filesOf(_, source) {
    if (source.only !== undefined) return [source.only];
    if (await source.has(reports!)) return [reports!, await firstOf(source, [projections!])];
    for (const folder of folders) {
      const files = (await source.list(folder)).filter((file) => file.endsWith('.xml'));
      if (files.length > 0) return files;
    }
    return [await firstOf(source, [archive, reports!])];
  },
  async *read(_, files, source) {
    if (files[0] === reports) return yield* fromTables(source);
    for await (const { name, text } of xmlTexts(files, source)) yield toItem(name, await parseOpenI(text, name));
  },
};

async function* xmlTexts(files: readonly string[], source: Source): AsyncGenerator<{ name: string; text: string }> {
  for (const file of files)
    if (/\.(tgz|tar\.gz|tar)$/.test(file)) {
      for await (const { name, content } of filesInTar(source.bytes(file), source.place(file)))
        if (name.endsWith('.xml')) yield { name, text: content.toString('utf8') };
    } else {
      let text = '';
      for await (const piece of source.text(file)) text += piece;
      yield { name: file, text };
    }
}

function toItem(
  name: string,
  { uid, sections: found, images, mesh, licence }: Awaited<ReturnType<typeof parseOpenI>>,
): ReadRecord {
  const id = uid || name;
  const sections = cleanSections(found);
  if (images.length === 0) return bad(id, 'the report has no image');
  const fields = fieldsOf({
    uid,
    MeSH: mesh.join(';'),
    indication: sections.indication,
    comparison: sections.comparison,
    licence,
  });
  return withSections(id, sections, { images: images.map((image) => ({ image: `${image}.png` })), fields });
}

async function* fromTables(source: Source): AsyncGenerator<ReadRecord> {
  const images = new Map<string, ReportItem['images'][number][]>();
  for await (const { cells } of rowsOf(source, projections!, { required: ['uid', 'filename', 'projection'] })) {
    const uid = clean(cells.uid);
    images.set(uid, [...(images.get(uid) ?? []), { image: clean(cells.filename), view: clean(cells.projection) }]);
  }
  for await (const { cells, misfit } of rowsOf(source, reports!, { required: ['uid', 'findings', 'impression'] })) {
    const { findings, impression, ...rest } = cells;
    const id = clean(cells.uid);
    const own = images.get(id) ?? [];
    if (misfit) yield bad(id, misfit);
    else if (own.length === 0) yield bad(id, 'the report has no image');
    else {
      const sections = cleanSections({
        findings,
        impression,
        indication: rest.indication,
        comparison: rest.comparison,
      });
      yield withSections(id, sections, { images: own, fields: fieldsOf(rest) });
    }
  }
}

function cleanSections(found: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const sections = Object.entries(found).map(([name, text]) => [name, clean(text)] as const);
  return Object.fromEntries(sections.filter(([, text]) => text !== ''));
}

function withSections(
  id: string,
  sections: Record<string, string>,
  { images, fields }: Pick<ReportItem, 'images' | 'fields'>,
): ReadRecord {
  const report = joinSections(sections);
  if (!report) return bad(id, 'the report has neither findings nor impression');
  return good({
    kind: 'report',
    id,
    patient: id,
    images,
    sections,
    report,
    fields: { ...fields, ...reportFields(sections, images.length) },
  });
}
