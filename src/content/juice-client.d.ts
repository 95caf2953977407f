/** The part of juice that reads no files and asks no network comes without types of its own; they are those of the whole. */
declare module 'juice/client' {
  import juice from 'juice';
  // biome-ignore lint/style/noDefaultExport: that is how it exports itself.
  export default juice;
}
