"""Pyramid Spark from PySpark: `generate` for a DataFrame, `PyramidGenerator` for a pipeline.

The jars of the distribution's lib/ must be on Spark's class path (`spark.jars`). PySpark's ML needs numpy; without it
there is `generate` alone.
"""

import json
import re

from py4j.protocol import Py4JJavaError
from pyspark.sql import DataFrame

_BAD_INPUT = "org.pyramidspark.errors.InvalidInputException"


def generate(df, model, **settings):
    """The rows of `df` with a struct column of completions, one for each row; nothing runs before an action.

    `settings` are those of docs/spark-interfaces.md: max_new_tokens=64, policy="full", prompt_column="question" ...
    Settings, columns or a model that do not serve raise a ValueError.
    """
    jvm = getattr(df.sparkSession, "_jvm", None)
    if jvm is None:
        raise TypeError("generate needs a Spark session in this process, not one over Spark Connect.")
    texts = {key: _text(value) for key, value in dict(settings, model=model).items()}
    try:
        rows = jvm.org.pyramidspark.dataframe.PyramidSpark.generate(df._jdf, texts)
    except Py4JJavaError as error:
        raise _bad_input(error) or error from None
    return DataFrame(rows, df.sparkSession)


def _text(value):
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, (list, tuple)) else str(value)


def _bad_input(error):
    cause = error.java_exception
    return ValueError(cause.getMessage()) if cause.getClass().getName() == _BAD_INPUT else None


try:
    from pyspark.ml.param import Param, Params, TypeConverters
    from pyspark.ml.util import DefaultParamsReadable, DefaultParamsWritable
    from pyspark.ml.wrapper import JavaTransformer
except ImportError:
    pass
else:

    def _param(name, converter):
        doc = "as setting " + re.sub("(?=[A-Z])", "_", name).lower().replace("_col", "_column")
        return Param(Params._dummy(), name, doc, converter)

    class PyramidGenerator(JavaTransformer, DefaultParamsReadable, DefaultParamsWritable):
        """The transformer `org.pyramidspark.ml.PyramidGenerator`; its params are keywords here and of `setParams`.

        `inputCol` is a column of strings (text as it is), of lists of role and content (the model's chat template) or
        of token ids; with `instructionCol` it is the document's.
        """

        inputCol = _param("inputCol", TypeConverters.toString)
        instructionCol = _param("instructionCol", TypeConverters.toString)
        idCol = _param("idCol", TypeConverters.toString)
        referenceCol = _param("referenceCol", TypeConverters.toString)
        maxNewTokensCol = _param("maxNewTokensCol", TypeConverters.toString)
        outputCol = _param("outputCol", TypeConverters.toString)
        model = _param("model", TypeConverters.toString)
        policy = _param("policy", TypeConverters.toString)
        maxNewTokens = _param("maxNewTokens", TypeConverters.toInt)
        maxPromptTokens = _param("maxPromptTokens", TypeConverters.toInt)
        truncate = _param("truncate", TypeConverters.toString)
        stop = _param("stop", TypeConverters.toListString)
        ignoreEos = _param("ignoreEos", TypeConverters.toBoolean)
        temperature = _param("temperature", TypeConverters.toFloat)
        topK = _param("topK", TypeConverters.toInt)
        topP = _param("topP", TypeConverters.toFloat)
        seed = _param("seed", TypeConverters.toInt)
        guard = _param("guard", TypeConverters.toString)
        guardShare = _param("guardShare", TypeConverters.toFloat)
        guardTokens = _param("guardTokens", TypeConverters.toInt)
        compute = _param("compute", TypeConverters.toString)
        kvType = _param("kvType", TypeConverters.toString)
        maxSequences = _param("maxSequences", TypeConverters.toInt)
        maxBatchTokens = _param("maxBatchTokens", TypeConverters.toInt)
        device = _param("device", TypeConverters.toString)
        kvBudget = _param("kvBudget", TypeConverters.toString)

        def __init__(self, **params):
            super().__init__()
            self._java_obj = self._new_java_obj("org.pyramidspark.ml.PyramidGenerator", self.uid)
            self.setParams(**params)

        def setParams(self, **params):
            return self._set(**params)

        def _transform(self, dataset):
            try:
                return super()._transform(dataset)
            except Py4JJavaError as error:
                raise _bad_input(error) or error from None
