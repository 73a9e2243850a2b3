// The check page in one file: the reader picks the files, nothing is fetched.
export {};
