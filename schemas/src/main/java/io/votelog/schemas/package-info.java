/**
 * The wire: what stands in each topic, how it is encoded, and the codecs between those bytes and the rules. Topics are
 * named and configured here, once.
 */
@NullMarked
package io.votelog.schemas;

import org.jspecify.annotations.NullMarked;
