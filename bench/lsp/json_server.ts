/** The library of VS Code's own JSON server with our schema, answering over JSON-RPC: what stands beside ours in the table. */
import { getLanguageService } from 'vscode-json-languageservice';
import { createConnection, ProposedFeatures, TextDocumentSyncKind, TextDocuments } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import specSchema from '../../schemas/spec.schema.json';

const connection = createConnection(ProposedFeatures.all);
const documents = new TextDocuments(TextDocument);
const json = getLanguageService({});
json.configure({
  validate: true,
  allowComments: true,
  schemas: [{ uri: specSchema.$id, fileMatch: ['*'], schema: specSchema as object }],
});

connection.onInitialize(() => ({
  capabilities: {
    textDocumentSync: TextDocumentSyncKind.Incremental,
    completionProvider: {},
    hoverProvider: true,
    definitionProvider: true,
  },
}));
const parsed = new WeakMap<TextDocument, { version: number; tree: ReturnType<typeof json.parseJSONDocument> }>();
const treeOf = (document: TextDocument) => {
  const known = parsed.get(document);
  if (known?.version === document.version) return known.tree;
  const tree = json.parseJSONDocument(document);
  parsed.set(document, { version: document.version, tree });
  return tree;
};
connection.onCompletion(({ textDocument: { uri }, position }) => {
  const document = documents.get(uri)!;
  return json.doComplete(document, position, treeOf(document));
});
connection.onHover(({ textDocument: { uri }, position }) => {
  const document = documents.get(uri)!;
  return json.doHover(document, position, treeOf(document));
});
connection.onDefinition(({ textDocument: { uri }, position }) => {
  const document = documents.get(uri)!;
  return json.findDefinition(document, position, treeOf(document));
});
documents.onDidChangeContent(async ({ document }) => {
  const { uri, version } = document;
  const found = await json.doValidation(document, treeOf(document), { comments: 'ignore', trailingCommas: 'ignore' });
  await connection.sendDiagnostics({ uri, version, diagnostics: found });
});
documents.listen(connection);
connection.listen();
