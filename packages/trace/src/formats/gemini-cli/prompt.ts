/** What the CLI says in the user's place before anybody asks for anything. Its forks say their own name. */
const CONTEXT =
  /^\s*(?:<(?:session|hook)_context>|This is the [\w -]{1,40}\. We are setting up the context for our chat\.)/;
/** What older versions have the model answer to it, without asking the model. */
const THANKS = /^\s*Got it\. Thanks for the context!\s*$/;
/** A command that the CLI carries out itself. A path is none. */
const COMMAND = /^\s*(?:\/[\w:-]+(?:\s|$)|\?\s*$)/;
/** The first folder that the context names, in the words of three generations. */
const FOLDER =
  /(?:Workspace Directories:\*\*\s*-|working in the following directories:\s*-|working in the directory:)[ \t]*(\S[^\n]*)/;

export function isContext(text: string): boolean {
  return CONTEXT.test(text);
}

export function isThanks(text: string): boolean {
  return THANKS.test(text);
}

export function isCommand(text: string): boolean {
  return COMMAND.test(text);
}

/** The folder in which the session works. The context may go on with a listing of megabytes. */
export function folderOf(context: string): string | undefined {
  return FOLDER.exec(context.slice(0, 20_000))?.[1]?.trim();
}
