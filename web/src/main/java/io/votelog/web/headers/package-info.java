/** Headers that every answer of an app has, whichever part of it made the answer. */
@NullMarked
package io.votelog.web.headers;

import org.jspecify.annotations.NullMarked;
