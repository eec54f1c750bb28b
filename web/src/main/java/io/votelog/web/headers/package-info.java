/**
 * Headers. Those that clients send are read in time that grows with the length alone, and never with an error: what is malformed is
 * as good as not there. And those that every answer of an app has, whichever part of it made the answer.
 */
@NullMarked
package io.votelog.web.headers;

import org.jspecify.annotations.NullMarked;
