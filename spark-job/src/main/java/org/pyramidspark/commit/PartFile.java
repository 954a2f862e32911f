package org.pyramidspark.commit;

/**
 * A file of rows.
 *
 * @param name in the run's folder; below folders for partitions, with slashes
 * @param rows in it, error rows included
 * @param bytes its size
 * @param crc32c of its bytes, eight hexadecimal digits
 */
public record PartFile(String name, long rows, long bytes, String crc32c) {}
