/** Routes that both apps have. */
@NullMarked
package io.votelog.web.routes;

import org.jspecify.annotations.NullMarked;
