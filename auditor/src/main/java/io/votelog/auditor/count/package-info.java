/**
 * Decides every vote of a partition again, and counts it. It uses none of the code that counts for the public. It does
 * not read topics itself ({@code source} does), and does not compare with what was published ({@code replay} and
 * {@code verify} do).
 */
@NullMarked
package io.votelog.auditor.count;

import org.jspecify.annotations.NullMarked;
