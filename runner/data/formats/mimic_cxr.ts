/**
 * MIMIC-CXR (Johnson et al. 2019; credentialed) as PhysioNet lays it out: `mimic-cxr-2.0.0-metadata.csv` (one row an image), images in
 * `files/pXX/pSUBJECT/sSTUDY/DICOM.jpg` or `.dcm`, reports in `files/pXX/pSUBJECT/sSTUDY.txt`, labels in `…-chexpert.csv` or `…-negbio.csv`,
 * splits in `…-split.csv`; tables may be `.gz`. A record is a study with all its images. Without a split file the only split is `all`.
 */
import { firstOf, type Source } from '../source';
import type { ReportImage, ReportItem } from '../types';
import { rowsOf } from './delimited';
import type { Format, ReadRecord } from './format';
import { sectionsOf } from './report_sections';
import { bad, clean, good, joinSections, reportFieldNames, reportFields } from './values';

const table = (name: string) => [`mimic-cxr-2.0.0-${name}.csv`, `mimic-cxr-2.0.0-${name}.csv.gz`];
const splits = ['train', 'validate', 'test'];

export const mimicCxr: Format = {
  id: 'mimic_cxr',
  summary:
    'MIMIC-CXR as PhysioNet lays it out: metadata and split tables, files/pXX/pSUBJECT/sSTUDY/, labels of CheXpert or NegBio',
  kinds: ['report'],
  splits: [...splits, 'all'],
  fields: ['study_id', 'subject_id', 'views', 'procedure', ...reportFieldNames],
  imageFolders: [''],
  async filesOf(split, source) {
    const metadata = await firstOf(source, table('metadata'));
    return split === 'all' ? [metadata] : [metadata, await firstOf(source, table('split'))];
  },
  async *read(split, [metadata, splitTable], source) {
    const wanted = splitTable && (await studiesOf(source, splitTable, split));
    const labels = await readLabels(source);
    for (const study of (await readStudies(source, metadata!)).values())
      if (!wanted || wanted.has(study.id)) yield await toItem(study, source, labels.get(study.id));
  },
};

interface Study {
  id: string;
  subject: string;
  procedure: string;
  images: ReportImage[];
}

/** The images of a study need not stand together, so all studies are collected before the first is given. */
async function readStudies(source: Source, name: string): Promise<Map<string, Study>> {
  const studies = new Map<string, Study>();
  const required = ['dicom_id', 'subject_id', 'study_id', 'ViewPosition'];
  for await (const { cells } of rowsOf(source, name, { required })) {
    const [id, subject, view] = [clean(cells.study_id), clean(cells.subject_id), clean(cells.ViewPosition)];
    const study = studies.get(id) ?? {
      id,
      subject,
      procedure: clean(cells.PerformedProcedureStepDescription),
      images: [],
    };
    const image = `${folderOf(subject)}/s${id}/${clean(cells.dicom_id)}`;
    study.images.push({ image, ...(view ? { view } : {}) });
    studies.set(id, study);
  }
  return studies;
}

function folderOf(subject: string): string {
  return `files/p${subject.slice(0, 2)}/p${subject}`;
}

async function toItem(
  { id, subject, procedure, images: found }: Study,
  source: Source,
  labels: ReportItem['labels'],
): Promise<ReadRecord> {
  const file = `${folderOf(subject)}/s${id}.txt`;
  if (!(await source.has(file))) return bad(id, 'the report file is missing');
  let text = '';
  for await (const piece of source.text(file)) text += piece;
  const sections = sectionsOf(text);
  const { preamble = '' } = sections;
  const report = joinSections(sections) || preamble;
  if (!report) return bad(id, 'the report is empty');
  const images = await Promise.all(
    found.map(async (image) => ({ ...image, image: await existing(source, image.image) })),
  );
  const views = found
    .map(({ view }) => view)
    .filter(Boolean)
    .join(', ');
  return good({
    kind: 'report',
    id,
    patient: subject,
    images,
    sections,
    report,
    ...(labels ? { labels } : {}),
    fields: { study_id: id, subject_id: subject, views, procedure, ...reportFields(sections, images.length) },
  });
}

/** JPEG (MIMIC-CXR-JPG) or DICOM, whichever is there; a missing one is named as JPEG. */
async function existing(source: Source, image: string): Promise<string> {
  return !(await source.has(`${image}.jpg`)) && (await source.has(`${image}.dcm`)) ? `${image}.dcm` : `${image}.jpg`;
}

async function studiesOf(source: Source, name: string, split: string): Promise<Set<string>> {
  const studies = new Set<string>();
  for await (const { cells } of rowsOf(source, name, { required: ['study_id', 'split'] }))
    if (clean(cells.split) === split) studies.add(clean(cells.study_id));
  return studies;
}

/** CheXpert's labels, else NegBio's; none where neither table is there. */
async function readLabels(source: Source): Promise<Map<string, Record<string, number>>> {
  const labels = new Map<string, Record<string, number>>();
  for (const name of [...table('chexpert'), ...table('negbio')]) {
    if (!(await source.has(name))) continue;
    for await (const { cells } of rowsOf(source, name, { required: ['study_id'] })) {
      const { study_id, subject_id: _, ...findings } = cells;
      const given = Object.entries(findings).filter(([, value]) => clean(value) !== '');
      labels.set(clean(study_id), Object.fromEntries(given.map(([finding, value]) => [finding, Number(value)])));
    }
    return labels;
  }
  return labels;
}
