// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.turnout;

import io.votelog.streams.read.board.TurnoutBoard;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** The growth of turnout. */
@Configuration(proxyBeanMethods = false)
class TurnoutConfiguration {
    @Bean
    LiveTurnout liveTurnout(TurnoutBoard board, JsonMapper json) {
        return new LiveTurnout(board, json);
    }
}
